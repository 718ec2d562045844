import sys


async def fetch() -> int:
    return 1


async def main() -> None:
    attempt = fetch()
    if len(sys.argv) > 1:
        print(await attempt)
