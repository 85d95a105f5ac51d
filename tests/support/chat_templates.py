"""Chat templates in the manner of model families, written for tests, over the marks of tiny_models."""

from __future__ import annotations

_TURNS = "{%- for m in messages %}{{- '<|start|>' + m.role + '\n' + m.content + '<|end|>\n' }}{%- endfor %}"
_OPENS = "{%- if add_generation_prompt %}{{- '<|start|>assistant\n' }}{%- endif %}"

#: Nothing is added to a reply.
PLAIN = _TURNS + _OPENS

#: An empty thought is put before the last reply, and asked for where thinking is switched off.
EMPTY_THOUGHT = """\
{%- for m in messages %}
    {%- if m.role == 'assistant' and loop.last %}
        {%- set said = m.content.split('</think>')[-1].strip() %}
        {{- '<|start|>assistant\n<think>\n\n</think>\n\n' + said + '<|end|>\n' }}
    {%- else %}
        {{- '<|start|>' + m.role + '\n' + m.content + '<|end|>\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start|>assistant\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\n\n</think>\n\n' }}
    {%- endif %}
{%- endif %}"""

#: The same, and nothing switches it.
NO_SWITCH = EMPTY_THOUGHT.replace("enable_thinking is defined and enable_thinking is false", "false")

#: A prompt opens the thought, so that a model always reasons.
OPENED_THOUGHT = EMPTY_THOUGHT.replace(
    "'<|start|>assistant\n' }}", "'<|start|>assistant\n<think>\n' }}"
).replace("enable_thinking is defined and enable_thinking is false", "false")

#: Thinking off is asked for with an empty thought, and replies are written without any.
ASKED_ONLY = (
    _TURNS
    + """\
{%- if add_generation_prompt %}{{- '<|start|>assistant\n' }}
    {%- if not (enable_thinking | default(true)) %}{{- '<think>\n\n</think>\n' }}{%- endif %}
{%- endif %}"""
)

#: A prompt opens a thought, and replies are written without any.
OPENED_ONLY = _TURNS + _OPENS.replace("assistant\n'", "assistant\n<think>\n'")

#: A bare closing mark stands before each reply, and before the one that is asked for.
CLOSING_MARK = """\
{%- for m in messages %}
    {%- if m.role == 'assistant' %}{{- '<turn></think>' + m.content + '<|end|>' }}
    {%- else %}{{- '<turn>' + m.content }}{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<turn>' + ('<think>' if thinking else '</think>') }}{%- endif %}"""

#: A reply stands in a channel, which is not asked for.
CHANNEL = """\
{%- for m in messages %}
    {%- if m.role == 'assistant' %}{{- '<|start|>assistant<turn>final\n' + m.content + '<|end|>' }}
    {%- else %}{{- '<|start|>' + m.role + '\n' + m.content + '<|end|>' }}{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|start|>assistant' }}{%- endif %}"""

#: Replies before the last user's message lose what stands before them, once one more turn comes.
HISTORY_CHANGES = """\
{%- for m in messages %}
    {%- set behind = messages[loop.index0:] | selectattr('role', 'equalto', 'assistant') | list | length %}
    {{- '<|start|>' + m.role + '\n' }}
    {%- if m.role == 'assistant' and behind == 1 %}{{- '<think>\n\n</think>\n\n' }}{%- endif %}
    {{- m.content | trim + '<|end|>\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|start|>assistant\n' }}{%- endif %}"""

#: No system role, and speakers that alternate; the end of a turn is not the tokenizer's own end.
STRICT = """\
{{- bos_token or '' }}
{%- if messages[0].role == 'system' %}{{- raise_exception('System role not supported') }}{%- endif %}
{%- for m in messages %}
    {%- if (m.role == 'user') != (loop.index0 % 2 == 0) %}
        {{- raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}
    {%- endif %}
    {%- set role = 'model' if m.role == 'assistant' else m.role %}
    {{- '<turn>' + role + '\n' + m.content | trim + '<end_of_turn>\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<turn>model\n' }}{%- endif %}"""

#: The system text goes into the last user's message, while that is the last; no mark asks for a reply.
INSTRUCTED = """\
{%- set system = messages[0].content if messages[0].role == 'system' else '' %}
{%- set turns = messages[1:] if system else messages %}
{%- for m in turns %}
    {%- if (m.role == 'user') != (loop.index0 % 2 == 0) %}
        {{- raise_exception('After the optional system message, roles must alternate user and assistant') }}
    {%- endif %}
    {%- if m.role == 'user' %}
        {{- '[INST] ' + (system + '\n\n' if system and loop.last else '') + m.content + ' [/INST]' }}
    {%- else %}{{- ' ' + m.content + '<|end|>' }}{%- endif %}
{%- endfor %}"""

#: A system message is passed over without a word.
DEAF = (
    _TURNS.replace("{{-", "{%- if m.role != 'system' %}{{-", 1).replace(
        "{%- endfor", "{%- endif %}{%- endfor"
    )
    + _OPENS
)

#: Only questions are written, so that no reply can be learnt.
MUTE = "{%- for m in messages if m.role == 'user' %}{{- m.content + '\n' }}{%- endfor %}"

#: All that a model can be asked with, by a name.
FAMILIES = {
    "plain": PLAIN,
    "empty thought": EMPTY_THOUGHT,
    "no switch": NO_SWITCH,
    "opened thought": OPENED_THOUGHT,
    "opened only": OPENED_ONLY,
    "asked only": ASKED_ONLY,
    "closing mark": CLOSING_MARK,
    "channel": CHANNEL,
    "history changes": HISTORY_CHANGES,
    "strict": STRICT,
    "instructed": INSTRUCTED,
    "deaf": DEAF,
}
