"""The app of a stack: CDKTF's, which knows where local states are."""

from modules.bindings.cdktf import App
from modules.design import state_location


class SystemApp(App):
    """Its stacks are written to `outdir`; `state_folder` is the relative path from a stack to local states.

    CDKTF's own place for such a value, the context, is one that only Node can be asked for.
    """

    def __init__(self, outdir: str, state_folder: str = state_location.BESIDE_GENERATED) -> None:
        super().__init__(outdir=outdir)
        self.state_folder = state_folder
