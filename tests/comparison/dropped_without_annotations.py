class Client:
    async def post(self, text):
        return text


class Feed:
    def __init__(self, client):
        self.client = client

    async def publish(self):
        self.client.post("x")


feed = Feed(Client())
