"""Golden chat templates: the formats of published instruct models, in templates of our own, and what Hugging Face makes of
conversations with them.

    python chat_goldens.py        writes ../goldens/chat.jsonl

The formats (which marks stand where) are those that the models' cards and configurations document. The templates are written
here, each in another of the ways in which templates are written: together they use what published ones use of Jinja.
"""

import os

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error")

import json
from pathlib import Path

import jinja2
from transformers.utils.chat_template_utils import render_jinja_template

OUT = Path(__file__).resolve().parent.parent / "goldens" / "chat.jsonl"

TEMPLATES = {
    "chatml": ("", "<|im_end|>", """{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"""),
    "smollm2": ("<|im_start|>", "<|im_end|>", """{% for m in messages %}
{% if loop.first and m.role != 'system' %}
<|im_start|>system
You are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>
{% endif %}
{{ '<|im_start|>' ~ m.role ~ '
' ~ m.content ~ '<|im_end|>' }}
{% endfor %}
{% if add_generation_prompt %}
{{ '<|im_start|>assistant\n' }}
{%- endif %}
"""),
    "qwen2.5": ("", "<|im_end|>", """{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- if messages[0]['role'] == 'system' %}{{- messages[0]['content'] }}{%- else %}{{- 'You are Qwen, created by Alibaba Cloud. You are a helpful assistant.' }}{%- endif %}
    {{- "\\n\\n# Tools\\n\\n<tools>" }}
    {%- for tool in tools %}{{- "\\n" }}{{- tool | tojson }}{%- endfor %}
    {{- "\\n</tools><|im_end|>\\n" }}
{%- elif messages[0]['role'] == 'system' %}
    {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}
{%- else %}
    {{- '<|im_start|>system\\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\\n' }}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) or (message.role == "assistant" and not message.tool_calls) %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}
"""),
    "qwen3": ("", "<|im_end|>", """{%- set ns = namespace(last=messages|length - 1, found=false) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if not ns.found and message.role == "user" and message.content is string and not (message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
        {%- set ns.last = index %}
        {%- set ns.found = true %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- set content = message.content if message.content is string else '' %}
    {%- if message.role == "assistant" %}
        {%- set thought = '' %}
        {%- if '</think>' in content %}
            {%- set thought = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
            {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
        {%- endif %}
        {%- if loop.index0 > ns.last and (loop.last or thought) %}
            {{- '<|im_start|>' + message.role + '\\n<think>\\n' + thought.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}
        {%- else %}
            {{- '<|im_start|>' + message.role + '\\n' + content }}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- else %}
        {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}
{%- endif %}"""),
    "llama2": ("<s>", "</s>", """{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}{% for message in loop_messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if loop.index0 == 0 and system_message != false %}{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}{% else %}{% set content = message['content'] %}{% endif %}{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ ' ' + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}"""),
    "llama3": ("<|begin_of_text|>", "<|eot_id|>", """{% for message in messages %}{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' + message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}"""),
    "llama3.1": ("<|begin_of_text|>", "<|eot_id|>", """{{- bos_token }}
{%- if not date_string is defined %}
    {%- set date_string = "26 Jul 2024" %}
{%- endif %}
{%- if messages[0].role == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}
{#- the head of every conversation #}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
{%- if tools is not none %}{{- "Environment: ipython\\n" }}{%- endif %}
{{- "Cutting Knowledge Date: December 2023\\n" }}
{{- "Today Date: " + date_string + "\\n\\n" }}
{{- system_message }}
{{- "<|eot_id|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}
    {%- elif 'tool_calls' in message %}
        {%- if not message.tool_calls|length == 1 %}{{- raise_exception("This model only supports single tool-calls at once!") }}{%- endif %}
        {%- set call = message.tool_calls[0].function %}
        {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
        {{- '{"name": "' + call.name + '", ' }}{{- '"parameters": ' }}{{- call.arguments | tojson }}{{- "}" }}
        {{- "<|eot_id|>" }}
    {%- elif message.role == "tool" or message.role == "ipython" %}
        {{- "<|start_header_id|>ipython<|end_header_id|>\\n\\n" }}
        {%- if message.content is mapping or message.content is iterable and message.content is not string %}{{- message.content | tojson }}{%- else %}{{- message.content }}{%- endif %}
        {{- "<|eot_id|>" }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
"""),
    "mistral-v1": ("<s>", "</s>", """{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ message['content'] + eos_token }}{% else %}{{ raise_exception('Only user and assistant roles are supported!') }}{% endif %}{% endfor %}"""),
    "mistral-v3": ("<s>", "</s>", """{%- if messages[0]["role"] == "system" %}
    {%- set system_message = messages[0]["content"] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}
{%- set user_messages = loop_messages | selectattr("role", "equalto", "user") | list %}
{{- bos_token }}
{%- for message in loop_messages %}
    {%- if message["role"] == "user" %}
        {%- if message == user_messages[-1] and system_message is defined %}
            {{- "[INST] " + system_message + "\\n\\n" + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST] " + message["content"] + "[/INST]" }}
        {%- endif %}
    {%- elif message["role"] == "assistant" %}
        {{- " " + message["content"]|trim + eos_token }}
    {%- else %}
        {{- raise_exception("Only user, assistant and system roles are supported, not " ~ message["role"] ~ ".") }}
    {%- endif %}
{%- endfor %}
"""),
    "mistral-tekken": ("<s>", "</s>", """{%- set default_system = 'Be brief.' %}
{{- bos_token }}
{%- macro body(content) -%}
  {%- if content is string -%}{{ content }}{%- else -%}
    {%- for block in content -%}{%- if block['type'] == 'text' -%}{{ block['text'] }}{%- else -%}{{ raise_exception('Only text is supported here!') }}{%- endif -%}{%- endfor -%}
  {%- endif -%}
{%- endmacro -%}
{%- if messages[0]['role'] == 'system' %}{%- set system = body(messages[0]['content']) %}{%- set rest = messages[1:] %}{%- else %}{%- set system = default_system %}{%- set rest = messages %}{%- endif %}
{{- '[SYSTEM_PROMPT]' + system + '[/SYSTEM_PROMPT]' }}
{%- for message in rest %}
    {%- if message['role'] == 'user' %}{{- '[INST]' + body(message['content']) + '[/INST]' }}
    {%- elif message['role'] == 'system' %}{{- '[SYSTEM_PROMPT]' + body(message.content) + '[/SYSTEM_PROMPT]' }}
    {%- elif message['role'] == 'assistant' %}{{- body(content=message.content) + eos_token }}
    {%- endif %}
{%- endfor %}"""),
    "gemma": ("<bos>", "<eos>", """{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\\n' + message['content'] | trim + '<end_of_turn>\\n' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\\n'}}{% endif %}"""),
    "gemma3": ("<bos>", "<eos>", """{{ bos_token }}
{%- if messages[0]['role'] == 'system' -%}
    {%- set first_user_prefix = (messages[0]['content'] if messages[0]['content'] is string else messages[0]['content'][0]['text']) + '\\n\\n' -%}
    {%- set loop_messages = messages[1:] -%}
{%- else -%}
    {%- set first_user_prefix = "" -%}
    {%- set loop_messages = messages -%}
{%- endif -%}
{%- for message in loop_messages -%}
    {%- set role = "model" if (message['role'] == 'assistant') else message['role'] -%}
    {{ '<start_of_turn>' + role + '\\n' + (first_user_prefix if loop.first else "") }}
    {%- if message['content'] is string -%}
        {{ message['content'] | trim }}
    {%- elif message['content'] is iterable -%}
        {%- for item in message['content'] -%}
            {%- if item['type'] == 'image' -%}{{ '<start_of_image>' }}{%- elif item['type'] == 'text' -%}{{ item['text'] | trim }}{%- endif -%}
        {%- endfor -%}
    {%- else -%}
        {{ raise_exception("Invalid content type") }}
    {%- endif -%}
    {{ '<end_of_turn>\\n' }}
{%- endfor -%}
{%- if add_generation_prompt -%}
    {{'<start_of_turn>model\\n'}}
{%- endif -%}
"""),
    "phi3": ("<s>", "<|endoftext|>", """{% for message in messages %}{% if message['role'] == 'system' and message['content'] %}{{'<|system|>\n' + message['content'] + '<|end|>\n'}}{% elif message['role'] == 'user' %}{{'<|user|>\n' + message['content'] + '<|end|>\n'}}{% elif message['role'] == 'assistant' %}{{'<|assistant|>\n' + message['content'] + '<|end|>\n'}}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% else %}{{ eos_token }}{% endif %}"""),
    "phi4": ("<|endoftext|>", "<|im_end|>", """{% for message in messages %}{% if message.role in ['system', 'user', 'assistant'] %}{{ ['<|im_start|>', message.role, '<|im_sep|>', message.content, '<|im_end|>'] | join }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant<|im_sep|>' }}{% endif %}"""),
    "zephyr": ("<s>", "</s>", """{% for message in messages %}
{% if message['role'] == 'user' %}
{{ '<|user|>
' + message['content'] + eos_token }}
{% elif message['role'] == 'system' %}
{{ '<|system|>
' + message['content'] + eos_token }}
{% elif message['role'] == 'assistant' %}
{{ '<|assistant|>
'  + message['content'] + eos_token }}
{% endif %}
{% if loop.last and add_generation_prompt %}
{{ '<|assistant|>' }}
{% endif %}
{% endfor %}"""),
    "vicuna": ("<s>", "</s>", """{{ bos_token }}{% set ns = namespace(system='A chat between a curious user and an artificial intelligence assistant.') %}{% for m in messages if m.role == 'system' %}{% set ns.system = m.content %}{% endfor %}{{ ns['system'] }}{% for m in messages if m.role != 'system' %}{{ ' ' if loop.index0 is even or not loop.first }}{% if m.role == 'user' %}USER: {{ m.content }}{% else %}ASSISTANT: {{ m.content }}{{ eos_token }}{% endif %}{% else %}{{ ' nothing was said' }}{% endfor %}{% if add_generation_prompt %} ASSISTANT:{% endif %}"""),
    "alpaca": ("<s>", "</s>", """{{ (messages | selectattr('role', 'eq', 'system') | map(attribute='content') | first | default('Below is an instruction that describes a task. Write a response that appropriately completes the request.')) ~ '\\n\\n' }}
{%- for message in messages -%}
{%- if message.role == 'user' %}### Instruction:
{{ message.content }}

{% elif message.role == 'assistant' %}### Response:
{{ message.content }}

{% endif -%}
{%- endfor -%}
{%- if add_generation_prompt %}### Response:
{% endif -%}"""),
    "openchat": ("<s>", "<|end_of_turn|>", """{{ bos_token }}{% for message in messages %}{{ 'GPT4 Correct ' + message['role'].title() + ': ' + message['content'] + '<|end_of_turn|>'}}{% endfor %}{% if add_generation_prompt %}{{ 'GPT4 Correct Assistant:' }}{% endif %}"""),
    "command-r": ("<BOS_TOKEN>", "<|END_OF_TURN_TOKEN|>", """{{ bos_token }}
{%- set marks = {'system': '<|SYSTEM_TOKEN|>', 'user': '<|USER_TOKEN|>', 'assistant': '<|CHATBOT_TOKEN|>'} -%}
{%- for message in messages -%}
  {%- if message.role not in marks -%}{{- raise_exception('Unknown role: ' + message.role) -}}{%- endif -%}
  {{- '<|START_OF_TURN_TOKEN|>' ~ marks[message.role] ~ message.content.strip() ~ '<|END_OF_TURN_TOKEN|>' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>' -}}{%- endif -%}"""),
    "falcon": ("", "<|endoftext|>", """{% for message in messages %}{% if not loop.first %}{{ '\n' }}{% endif %}{% if message['role'] == 'system' %}{{ 'System: ' }}{% elif message['role'] == 'user' %}{{ 'User: ' }}{% elif message['role'] == 'assistant' %}{{ 'Falcon: ' }}{% endif %}{{ message['content']|replace('\\r\\n', '\\n')|replace('\\n\\n', '\\n') }}{% endfor %}{% if add_generation_prompt %}{{ '\n' + 'Falcon:' }}{% endif %}"""),
    "deepseek-r1": ("<\uff5cbegin\u2581of\u2581sentence\uff5c>", "<\uff5cend\u2581of\u2581sentence\uff5c>", """{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}{% set ns = namespace(is_first=true, system_prompt='') %}{%- for message in messages %}{%- if message['role'] == 'system' %}{%- if ns.is_first %}{% set ns.system_prompt = ns.system_prompt + message['content'] %}{% set ns.is_first = false %}{%- else %}{% set ns.system_prompt = ns.system_prompt + '\\n\\n' + message['content'] %}{%- endif %}{%- endif %}{%- endfor %}{{ bos_token }}{{ ns.system_prompt }}{%- for message in messages %}{%- if message['role'] == 'user' %}{{'<\uff5cUser\uff5c>' + message['content']}}{%- endif %}{%- if message['role'] == 'assistant' and message['content'] is not none %}{% set content = message['content'] %}{% if '</think>' in content %}{% set content = content.split('</think>')[-1] %}{% endif %}{{'<\uff5cAssistant\uff5c>' + content + eos_token}}{%- endif %}{%- endfor -%}{% if add_generation_prompt %}{{'<\uff5cAssistant\uff5c><think>\\n'}}{% endif %}"""),
    "granite3": ("<|end_of_text|>", "<|end_of_text|>", """{%- if messages[0]['role'] == 'system' %}
     {%- set system_message = messages[0]['content'] %}
     {%- set loop_messages = messages[1:] %}
 {%- else %}
     {%- set system_message = "Knowledge Cutoff Date: April 2024.\\nYou are Granite, developed by IBM." %}
     {%- if tools and documents %}
         {%- set system_message = system_message + " You have tools and documents." %}
     {%- elif documents %}
         {%- set system_message = system_message + " You have " ~ documents|length ~ " documents." %}
     {%- endif %}
     {%- set loop_messages = messages %}
 {%- endif %}
 {{- '<|start_of_role|>system<|end_of_role|>' + system_message + '<|end_of_text|>\\n' }}
 {%- for message in loop_messages %}
     {{- '<|start_of_role|>' + message['role'] + '<|end_of_role|>' + message['content'] + '<|end_of_text|>\\n' }}
     {%- if loop.last and add_generation_prompt %}
         {{- '<|start_of_role|>assistant' }}
             {%- if controls %}{{- ' ' + controls | tojson()}}{%- endif %}
         {{- '<|end_of_role|>' }}
     {%- endif %}
 {%- endfor %}"""),
    "olmo2": ("<|endoftext|>", "<|endoftext|>", """{{ bos_token }}{% for message in messages %}{% if message['role'] == 'system' %}{{ '<|system|>\n' + message['content'] + '\n' }}{% elif message['role'] == 'user' %}{{ '<|user|>\n' + message['content'] + '\n' }}{% elif message['role'] == 'assistant' %}{% if not loop.last %}{{ '<|assistant|>\n'  + message['content'] + eos_token + '\n' }}{% else %}{{ '<|assistant|>\n'  + message['content'] + eos_token }}{% endif %}{% endif %}{% if loop.last and add_generation_prompt %}{{ '<|assistant|>\n' }}{% endif %}{% endfor %}"""),
    "internlm2": ("<s>", "</s>", """{{ bos_token }}{%- for message in messages -%}{% set mark %}<|im_start|>{{ message.role | lower }}{% endset %}{{ mark }}
{{ message.content }}<|im_end|>
{% endfor -%}{%- if add_generation_prompt -%}<|im_start|>assistant
{% endif -%}"""),
    "solar": ("<s>", "</s>", """{% for message in messages %}{% if message.role == 'system' %}{% if message.content %}{{ '### System:\\n' + message.content + '\\n\\n' }}{% endif %}{% continue %}{% endif %}{{ '### ' + message.role|capitalize + ':\\n' + message.content + '\\n\\n' }}{% if loop.index >= 9 %}{% break %}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '### Assistant:\\n' }}{% endif %}"""),
    "gpt-oss": ("<|startoftext|>", "<|return|>", """{%- macro render(value, depth=0) -%}
    {%- if value is mapping -%}{%- for key, item in value.items() -%}{{ '\\n' + '  ' * depth + key + ': ' }}{{ render(item, depth + 1) }}{%- endfor -%}
    {%- elif value is sequence and value is not string -%}{{ value | join(' | ') }}
    {%- else -%}{{ value }}{%- endif -%}
{%- endmacro -%}
{{- '<|start|>system<|message|>You are ChatGPT, a large language model trained by OpenAI.\\n' }}
{{- 'Knowledge cutoff: 2024-06\\n' }}
{{- '\\nReasoning: ' + (reasoning_effort if reasoning_effort is defined else 'medium') }}
{{- render({'limits': {'turns': messages | length, 'half': (messages | length) / 2}, 'roles': messages | map(attribute='role') | unique | list}) }}
{{- '<|end|>' }}
{%- for message in messages -%}
    {%- if message.role == 'assistant' -%}
        {%- generation -%}<|start|>assistant<|channel|>final<|message|>{{ message.content }}{%- if loop.last -%}<|return|>{%- else -%}<|end|>{%- endif -%}{%- endgeneration -%}
    {%- else -%}
        {{- '<|start|>' + {'system': 'developer'}.get(message.role, message.role) + '<|message|>' + message.content + '<|end|>' }}
    {%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}<|start|>assistant{%- endif -%}"""),
    "odds": ("<s>", "</s>", """{# what templates seldom do #}
{%- raw %}{{ not run }} {% nor this %}{% endraw %}
  {%+ if true %}kept {% endif %}
{{ 1.5 * 2 }} {{ 7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 1e20 }} {{ 0.00001 }} {{ [1, 'a', none, true, {'k': 1.0}] }} {{ (1, 2) | list }}
{{ 'a-b c'.title() }} {{ 'hello world-wide web' | title }} {{ 'x' * 3 }} {{ 'abcdef'[1:4] }} {{ 'abcdef'[::-2] }} {{ [1,2,3][-1] }} {{ 'aXbX'.split('X', 1) }}
{{ {'b': 1, 'a': [true, none, 'é"\\n']} | tojson }} {{ {'b': 1, 'a': []} | tojson(indent=2, sort_keys=true) }}
{{ range(3) | list }} {{ range(1, 10, 4) | join(',') }} {{ 3 in [1, 2, 3] }} {{ 'b' not in 'abc' }} {{ 1 < 2 <= 2 }} {{ not false and true }}
{{ missing }}|{{ missing | default('d') }}|{{ '' | default('e', true) }}|{{ missing is undefined }}|{{ none }}|{{ 'yes' if messages else 'no' }}|{{ 'only' if false }}
{% for k, v in {'one': 1, 'two': 2}.items() %}{{ loop.index }}/{{ loop.length }} {{ k }}={{ v }}{{ ', ' if not loop.last }}{% endfor %}
{% for x in [3, 1, 2] | sort %}{{ loop.previtem | default('-') }}<{{ x }}<{{ loop.nextitem | default('-') }} {{ loop.cycle('odd', 'even') }} {% endfor %}
{% set a, b = 1, 'two' %}{{ a ~ b }} {{ dict(x=1, y=2) }} {{ 'multi\nline' | indent(2) }} {{ '  pad ' | trim }}| {{ 'aXa'.replace('a', 'b', 1) }} {{ 'a b  c'.split() }} {{ '%' }}
{% set s = namespace(n=0) %}{% for m in messages %}{% set s.n = s.n + m.content | length %}{% set inner = 1 %}{% endfor %}{{ s.n }} {{ inner is defined }} {{ messages | map(attribute='role') | map('upper') | join('+') }}
"""),
}

CONVERSATIONS = [
    [("user", "What is the capital of France?")],
    [("system", "You are terse."), ("user", "Hi!")],
    [("user", "Hi there"), ("assistant", "Hello! How can I help?"), ("user", "  Tell me a joke.\n\nA short one. ")],
    [("system", "Answer in French."), ("user", "One"), ("assistant", "<think>\nhm\n</think>\n\nUn"), ("user", "Two"), ("assistant", "Deux")],
    [("user", "Zürich 🙂 \"quoted\" it's {{ no template }}\r\nline"), ("assistant", "字")],
    [("assistant", "I begin."), ("user", "Why?")],
]


def cases(name, template, bos, eos):
    for messages in CONVERSATIONS:
        for generate in (True, False):
            conversation = [{"role": role, "content": content} for role, content in messages]
            special = {"bos_token": bos, "eos_token": eos}
            given = dict(add_generation_prompt=generate, **special)
            try:
                rendered, _ = render_jinja_template(conversations=[conversation], chat_template=template, **given)
                result = {"text": rendered[0]}
            except jinja2.exceptions.TemplateError as e:
                result = {"error": str(e)}
            yield {"messages": conversation, "add_generation_prompt": generate} | result


def main():
    lines = []
    for name, (bos, eos, template) in TEMPLATES.items():
        made = list(cases(name, template, bos, eos))
        errors = sum("error" in case for case in made)
        assert errors < len(made), name
        print(f"{name:16s} {len(template):5d} characters, {len(made)} conversations, {errors} refused")
        lines.append({"name": name, "bos_token": bos, "eos_token": eos, "template": template, "cases": made})
    OUT.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines), encoding="ascii")
    print(f"{len(lines)} templates, {OUT.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
