import unittest


class Test(unittest.TestCase):
    async def test_it(self) -> None:
        self.fail()
