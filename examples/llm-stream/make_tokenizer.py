"""Makes tokenizer.json from a file of common words: byte pairs, of which each word comes out as one token with the space before it."""

import random
import sys
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

SPECIAL = ["<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]

words = Path(sys.argv[1]).read_text().split()
chance = random.Random(1)
tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.decoder = decoders.ByteLevel()
trainer = trainers.BpeTrainer(
    vocab_size=4096,
    special_tokens=[AddedToken(name, special=True) for name in SPECIAL],
    initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    show_progress=False,
)
tokenizer.train_from_iterator([" ".join(chance.sample(words, len(words))) for _ in range(20)], trainer)
tokenizer.save(str(Path(__file__).with_name("tokenizer.json")), pretty=False)
