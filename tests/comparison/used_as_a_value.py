async def count():
    return 1


async def main():
    return count() + 1
