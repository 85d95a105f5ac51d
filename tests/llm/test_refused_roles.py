"""Refusals of the system role are known by what they are made of, in any words, and nothing else is one."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from support.servers import Answer, LocalServer, Seen, complaint, completion
from usbrec.errors import ModelRefused
from usbrec.llm import ChatRequest, Message
from usbrec.llm.openai.client import OpenAIModel
from usbrec.llm.openai.errors import Complaint

ASKED = (Message("system", "You recommend books."), Message("user", "A book?"))

REFUSED: list[Any] = [
    "The roles system and developer are not supported",
    "messages[0].role should be one of user, assistant, but got system",
    {"detail": "role: system is not permitted"},
    {"detail": [{"loc": ["body", "messages", 0, "role"], "msg": "role: system is not permitted"}]},
    {
        "detail": [
            {
                "loc": ["body", "messages", 0, "role"],
                "msg": "Input should be 'user' or 'assistant'",
                "input": "system",
            }
        ]
    },
    {
        "detail": [
            {
                "loc": ["body", "messages", 0, "role"],
                "msg": "value is not a valid enumeration member; permitted: 'user', 'assistant'",
            }
        ]
    },
    {
        "detail": [
            {
                "loc": ["body", "messages", 0, "role"],
                "msg": "unexpected value; permitted: 'user', 'assistant', 'function'",
            }
        ]
    },
    "unknown variant `system`, expected `user` or `assistant` at line 1 column 40",
    "messages[0].role: unknown variant `system`, expected one of `user`, `assistant`",
    "不支持system角色",
    "该模型不支持系统消息",
    "messages 中 role 不能为 system",
    "角色system无效",
    "无效的角色：system",
    "未知角色: system",
    "消息角色只能是user或assistant",
    "role 必须为 user、assistant",
    "messages中role只支持user和assistant",
    "当前模型暂不支持 system 角色，请使用 user",
    "当前模型不支持设置系统提示词",
    "No endpoints found that support system messages",
    "System messages aren't supported by this model.",
    "This model doesn't accept system prompts.",
    "'system' is not a valid role",
    "'system' is not one of ['user', 'assistant'] - 'messages.0.role'",
    "Role system is forbidden",
    "Unexpected role 'system': must be user or assistant",
    "The role 'system' cannot be used with this model",
    "This model has no system role.",
    "messages.0.role must not be 'system'",
    "Unsupported message role: system",
    "Invalid value: 'system'. Supported values are: 'user' and 'assistant'.",
    "Only the roles user and assistant are allowed; got system",
    "system prompt is not supported in this model, use the user message instead",
    "System Role Not Supported",
    "Please remove the system message",
    "Messages with role system are not allowed",
    "Bad request: system-role unsupported message role system",
    "The 'developer' role is not supported by this deployment",
    "<html><body><h1>404</h1><p>System messages are not supported here</p></body></html>",
    {"error": {"message": "role `system` not permitted"}},
    {
        "message": "validation failed",
        "errors": [{"path": "messages[0].role", "message": "must be one of [user, assistant]"}],
    },
]

OTHERWISE: list[Any] = [
    "'tool' is not one of ['system', 'assistant', 'user', 'function'] - 'messages.2.role'",
    "Invalid role: tool. Supported: system, user, assistant.",
    "Unknown role tool, must be one of system, user and assistant",
    "role 'function' is not supported: use 'system', 'user' or 'assistant'",
    "角色 tool 无效，只能是 system、user 或 assistant",
    "The model `system-role-7b` does not exist",
    "Not Found",
    "404 page not found",
    "Invalid URL (POST /chat/completions)",
    "The system is not available: out of memory",
    "System message: service not available, please retry",
    "System message: unknown error",
    "The system message must not be empty",
    "System prompt is too long; it is not allowed to exceed 1000 tokens",
    "Only one system message is allowed",
    "Multiple system messages are not supported",
    "System message must be at the beginning",
    "Your system prompt is not allowed by our content policy",
    "system message content of type list is not supported",
    "Invalid type for messages[0].content: system message content must be a string",
    "Unknown parameter: 'seed'",
    "temperature is not supported with this model",
    "The last message must have role user, not assistant",
    "The model 'system' is not supported",
    "Unknown model system",
    "tools are not supported by the operating system message layer of the model",
    "Images are not allowed in system messages",
    "File system is not supported",
    "Role-based access: user is not permitted to use assistant models",
    "模型不存在",
    "系统错误，请稍后重试",
    "系统繁忙，不能处理",
    "无效的模型",
    "系统消息内容不能为空",
    "请求路径不存在",
    "系统维护中，暂不提供服务",
    {
        "detail": [{"msg": "Extra inputs are not permitted", "loc": ["body", "seed"], "input": 3}],
        "body": {"messages": [{"role": "system", "content": "x"}]},
    },
    {
        "detail": [
            {
                "msg": "Input should be a valid string",
                "loc": ["body", "messages", 0, "content"],
                "input": None,
            }
        ]
    },
    "Invalid request: the system fingerprint is unknown",
    "The user role of your project must be owner to use this model",
    "role assistant: content is not allowed to be null",
    "model must be one of: user-1, assistant-2",
    "prompt caching is not supported for the system message of this model",
    "API key role must be admin or user; this assistant model is not permitted",
]


@pytest.mark.parametrize("said", REFUSED)
def test_a_clause_that_does_not_take_the_system_role_refuses_it(said: Any) -> None:
    assert Complaint.read(400, said, ()).refuses_system


@pytest.mark.parametrize("said", OTHERWISE)
def test_a_complaint_of_anything_else_refuses_no_role(said: Any) -> None:
    complained = Complaint.read(400, said, ())
    assert not complained.refuses_system or complained.refuses_model


def _say(answer: Any) -> tuple[str, list[str]]:
    async def say(server: LocalServer) -> str:
        model = OpenAIModel("m", base_url=server.url, max_retries=0)
        try:
            return (await model.chat(ChatRequest(ASKED))).completions[0].text
        finally:
            await model.aclose()

    with LocalServer(answer) as server:
        text = asyncio.run(say(server))
        return text, [message["content"] for message in server.requests[-1].body["messages"]]


@pytest.mark.parametrize("status", [400, 403, 404, 422, 500, 501])
@pytest.mark.parametrize("said", ["role: system is not permitted", "该模型不支持系统消息"])
def test_the_text_goes_before_the_first_user_message_whatever_the_status(said: str, status: int) -> None:
    def answer(seen: Seen) -> Answer:
        roles = [message["role"] for message in seen.body["messages"]]
        return complaint(said, status) if "system" in roles else completion("Emma")

    assert _say(answer) == ("Emma", ["You recommend books.\n\nA book?"])


@pytest.mark.parametrize("said", ["The model `system-role-7b` does not exist", "Not Found", "请求路径不存在"])
def test_a_model_or_a_path_that_is_not_there_stays_one(said: str) -> None:
    seen: list[Seen] = []

    def answer(one: Seen) -> Answer:
        seen.append(one)
        return complaint(said, 404)

    with pytest.raises(ModelRefused, match="no model 'm', or not this path"):
        _say(answer)
    assert len(seen) == 1
