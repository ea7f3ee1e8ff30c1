from django.test import Client, TestCase


class ProductTests(TestCase):
    def test_product(self):
        self.client.get("/catalogue/shoe/")
        Client().post("/api/products/1/")
