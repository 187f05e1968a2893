"""The types of OpenAI's own client accept the export `openai`."""

import base64
import io

import pytest
from conftest import SAMPLES, rows

pytest.importorskip("openai")
pydantic = pytest.importorskip("pydantic")
from PIL import Image  # noqa: E402


@pytest.mark.parametrize("more", [("--style", "think"), ("--tasks", "label")])
def test_messages_are_those_of_the_client(world, more):
    from openai.types.chat import ChatCompletionAssistantMessageParam, ChatCompletionUserMessageParam
    from openai.types.chat.chat_completion_content_part_param import ChatCompletionContentPartParam

    user = pydantic.TypeAdapter(ChatCompletionUserMessageParam)
    assistant = pydantic.TypeAdapter(ChatCompletionAssistantMessageParam)
    part = pydantic.TypeAdapter(list[ChatCompletionContentPartParam])
    name = "openai-label.jsonl" if "label" in more else "openai.jsonl"
    told = rows(world.export("openai", "--images", *more) / name)
    assert len(told) == SAMPLES + ("label" in more)
    for row in told:
        assert list(row) == ["messages"]
        asked, answered = row["messages"]
        assert list(asked) == list(answered) == ["role", "content"]
        user.validate_python(asked)
        assistant.validate_python(answered)
        text, picture = part.validate_python(asked["content"])
        assert text["type"] == "text" and asked["role"] == "user" and answered["role"] == "assistant"
        kind, _, encoded = picture["image_url"]["url"].partition(";base64,")
        assert kind in ("data:image/png", "data:image/jpeg")
        Image.open(io.BytesIO(base64.b64decode(encoded, validate=True))).load()
