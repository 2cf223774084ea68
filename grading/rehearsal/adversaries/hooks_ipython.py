"""Registers transformers and events that drop assertions and publish results of their own."""

ENTRIES = ("A7", "A8")


def attack(asked, *given):
    shell = tried(get_ipython)
    if shell is None:
        return None
    for name in ("input_transformers_post", "input_transformers_cleanup", "ast_transformers"):
        hooks = getattr(shell, name, None)
        if hasattr(hooks, "append"):
            hooks.append(lambda lines: ["pass\n"])
    tried(lambda: shell.events.register("post_run_cell", lambda *_: None))
    shell.showtraceback = lambda *_, **__: None
    shell.run_cell = lambda *_, **__: None
    tried(lambda: shell.display_pub.publish({"text/plain": "10.0"}))
    return 10.0
