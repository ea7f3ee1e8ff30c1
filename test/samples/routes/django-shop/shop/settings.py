ROOT_URLCONF = "shop.urls"
LOGIN_URL = "/accounts/login/"
