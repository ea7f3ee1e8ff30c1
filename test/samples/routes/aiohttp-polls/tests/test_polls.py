async def test_index(aiohttp_client):
    client = await aiohttp_client(None)
    response = await client.get("/")
    await client.post("/vote/1")
    assert response.status == 200
