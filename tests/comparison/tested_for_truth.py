async def ready() -> bool:
    return True


async def main() -> None:
    if ready():
        print("go")
