async def fetch() -> int:
    return 1


async def main() -> None:
    attempt = fetch()
    print("done")
