"""Run by the Python that has azure-cli: `az` itself, which also says what it understood.

Standard output begins with the arguments as az parsed them, as one line of JSON. With an empty
AZURE_CONFIG_DIR it stops after that, because nobody is signed in; nothing is sent anywhere.
"""

import json
import sys

from azure.cli.core import get_default_cli
from knack.events import EVENT_INVOKER_POST_PARSE_ARGS


def tell(_cli, *, args, **_more):
    plain = (str, list, dict, bool, int)
    understood = {name: value for name, value in vars(args).items() if isinstance(value, plain)}
    print(json.dumps({k: v for k, v in understood.items() if not k.startswith("_")}), flush=True)


cli = get_default_cli()
cli.register_event(EVENT_INVOKER_POST_PARSE_ARGS, tell)
sys.exit(cli.invoke(sys.argv[1:]))
