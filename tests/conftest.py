pytest_plugins = ["real_databases", "world"]
