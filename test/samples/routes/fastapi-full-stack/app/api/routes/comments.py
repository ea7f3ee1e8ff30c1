from fastapi import APIRouter

router = APIRouter()


@router.get("")
def read_comments(item_id: str):
    return []


@router.delete("/{comment_id}", status_code=204)
def delete_comment(item_id: str, comment_id: int):
    return None
