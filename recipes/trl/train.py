"""Teaches a vision-language model answers and rationales with TRL. README.md tells every step.

    python train.py --model MODEL --data export --images data/images --out student
"""

import argparse

import torch
from transformers import AutoModelForImageTextToText, AutoProcessor
from trl import SFTConfig
from trl.trainer.sft_trainer import DataCollatorForVisionLanguageModeling

from two_tasks import TwoTasks, TwoTaskTrainer, read


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, help="name or folder of the model")
    parser.add_argument("--data", required=True, help="folder of trl-label.jsonl and trl-rationale.jsonl")
    parser.add_argument("--images", required=True, help="folder that the paths of images start at")
    parser.add_argument("--out", required=True, help="folder of the student")
    parser.add_argument("--weight", type=float, default=1.0, help="λ; 0: answers only (default: %(default)s)")
    parser.add_argument("--epochs", type=float, default=1.0)
    parser.add_argument("--steps", type=int, default=-1, help="at most so many steps")
    parser.add_argument("--batch", type=int, default=2, help="samples in a forward pass; sequences are up to twice as many")
    parser.add_argument("--accumulate", type=int, default=8, help="forward passes in a step")
    parser.add_argument("--rate", type=float, default=1e-5)
    parser.add_argument("--lora", type=int, default=0, help="rank; 0: all parameters (default: %(default)s)")
    parser.add_argument("--max-length", type=int, default=None, help="tokens with the image's; cuts, which it is better not to")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def main():
    args = arguments()
    gpu = torch.cuda.is_available()
    processor = AutoProcessor.from_pretrained(args.model)
    model = AutoModelForImageTextToText.from_pretrained(args.model, dtype="auto" if gpu else torch.float32)
    lora = None
    if args.lora > 0:
        from peft import LoraConfig

        lora = LoraConfig(r=args.lora, lora_alpha=2 * args.lora, target_modules="all-linear")
    collator = DataCollatorForVisionLanguageModeling(
        processor, max_length=args.max_length, completion_only_loss=True
    )
    trainer = TwoTaskTrainer(
        model=model,
        processing_class=processor,
        train_dataset=read(args.data, args.images),
        data_collator=TwoTasks(collator, args.weight),
        peft_config=lora,
        args=SFTConfig(
            output_dir=args.out,
            num_train_epochs=args.epochs,
            max_steps=args.steps,
            per_device_train_batch_size=args.batch,
            gradient_accumulation_steps=args.accumulate,
            learning_rate=args.rate,
            lr_scheduler_type="cosine",
            warmup_steps=0.03 if args.steps < 0 else int(0.03 * args.steps),
            bf16=gpu,
            gradient_checkpointing=gpu,
            # The collator reads columns that the model does not know, and prepares what it reads.
            remove_unused_columns=False,
            dataset_kwargs={"skip_prepare_dataset": True},
            max_length=args.max_length,
            logging_steps=1,
            save_strategy="no",
            report_to="none",
            seed=args.seed,
        ),
    )
    trainer.train()
    if lora is not None:
        trainer.model = trainer.model.merge_and_unload()
    trainer.save_model(args.out)
    processor.save_pretrained(args.out)
    trainer.state.save_to_json(f"{args.out}/trainer_state.json")


if __name__ == "__main__":
    main()
