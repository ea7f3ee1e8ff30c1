from fastapi import APIRouter

from app.api.routes import items, login, users, utils
from app.api.routes.private import router as private_router

api_router = APIRouter()
api_router.include_router(login.router, tags=["login"])
api_router.include_router(users.router)
api_router.include_router(utils.router, prefix="/utils")
api_router.include_router(items.router)
api_router.include_router(router=private_router, prefix="/private")
