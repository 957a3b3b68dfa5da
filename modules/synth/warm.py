"""A process that is ready to build: its forks have imported all, and have a program of jsii that has loaded all."""


def load() -> bool:
    """Whether forks can be made of it: not with jsii as it is shipped, nor where its changes do not fit."""
    from modules.bindings.loader import ready

    if not ready.load_all():
        return False
    import modules.spec.yaml_text
    import modules.synth.render  # noqa: F401

    return True


def renew() -> None:
    """After a fork has built: the next one needs another program."""
    from modules.bindings.loader import ready

    ready.renew()
