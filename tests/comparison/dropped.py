async def fetch() -> int:
    return 1


async def main() -> None:
    fetch()
