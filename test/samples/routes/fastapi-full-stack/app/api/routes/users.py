import fastapi
from fastapi import Depends

router = fastapi.APIRouter(prefix="/users", tags=["users"])


def current_user():
    return {"id": 1}


@router.get("/me")
def read_user_me(user=Depends(current_user)):
    return user


@router.patch("/me", dependencies=[Depends(current_user)])
def update_user_me(body: dict):
    return body


class UserViews:
    def __init__(self):
        self.router = fastapi.APIRouter()
        self.router.add_api_route("/{user_id}/photo", self.photo, methods=["GET", "HEAD"])

    async def photo(self, user_id: int):
        return user_id


views = UserViews()
router.include_router(views.router)
