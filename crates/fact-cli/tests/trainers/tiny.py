"""A vision-language model of the Qwen2-VL family with random weights, tokenizer and processor made here:
no model hub is needed. About 205,000 parameters; it learns a handful of rows by heart in seconds.

    python tiny.py FOLDER
"""

import sys
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    PreTrainedTokenizerFast,
    Qwen2VLConfig,
    Qwen2VLForConditionalGeneration,
    Qwen2VLImageProcessor,
    Qwen2VLProcessor,
    Qwen2VLVideoProcessor,
)

SPECIAL = [
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|object_ref_start|>",
    "<|object_ref_end|>",
    "<|box_start|>",
    "<|box_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|vision_pad|>",
    "<|image_pad|>",
    "<|video_pad|>",
]

# Turns as the family writes them.
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}"
    "{% else %}{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>"
    "{% else %}{{ part['text'] }}{% endif %}"
    "{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

# What the tokens are made from; any text can be written, as every byte is a token.
TEXT = (
    "There are 3 red circles in the image. So the answer is yes. Therefore the statement is true. "
    "How many large blue squares are there? Is the small green star to the left of the striped heart? "
    "[label] [rationale] user assistant system <think> </think> false no"
)


def tokenizer():
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(
        [TEXT] * 4,
        trainers.BpeTrainer(vocab_size=420, special_tokens=SPECIAL, initial_alphabet=sorted(alphabet), show_progress=False),
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        extra_special_tokens=SPECIAL[3:],
        model_max_length=4096,
    )


def processor():
    # 56 to 112 pixels a side: 4 to 16 tokens an image.
    bounds = {"shortest_edge": 56 * 56, "longest_edge": 112 * 112}
    return Qwen2VLProcessor(
        image_processor=Qwen2VLImageProcessor(size=bounds),
        tokenizer=tokenizer(),
        video_processor=Qwen2VLVideoProcessor(size=bounds),
        chat_template=CHAT_TEMPLATE,
    )


def model(words):
    """The model for a tokenizer."""
    torch.manual_seed(0)
    number = words.convert_tokens_to_ids
    config = Qwen2VLConfig(
        text_config={
            "vocab_size": len(words),
            "hidden_size": 64,
            "intermediate_size": 128,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "max_position_embeddings": 4096,
            "rope_parameters": {"rope_type": "default", "type": "mrope", "mrope_section": [2, 3, 3], "rope_theta": 10000.0},
            "bos_token_id": number("<|endoftext|>"),
            "eos_token_id": number("<|im_end|>"),
            "pad_token_id": number("<|endoftext|>"),
        },
        vision_config={"depth": 2, "embed_dim": 32, "hidden_size": 64, "num_heads": 2, "mlp_ratio": 2},
        image_token_id=number("<|image_pad|>"),
        video_token_id=number("<|video_pad|>"),
        vision_start_token_id=number("<|vision_start|>"),
        vision_end_token_id=number("<|vision_end|>"),
    )
    return Qwen2VLForConditionalGeneration(config)


def write(folder):
    """Writes model and processor as `from_pretrained` reads them."""
    made = processor()
    made.save_pretrained(folder)
    model(made.tokenizer).save_pretrained(folder)
    return folder


if __name__ == "__main__":
    print(write(Path(sys.argv[1])))
