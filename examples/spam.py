"""Train a spam filter on real messages, save it, load it and ask it about new ones.

python examples/spam.py [epochs]
"""

import sys

import gatewise as gw

messages, _ = gw.data.load("sms-spam")
messages = gw.data.deduplicate(messages)
train, test = gw.data.hold_out(messages, 0.2, seed=0)

classifier = gw.tasks.Classifier(cell="lstm", units=64, bidirectional=True)
epochs = int(sys.argv[1]) if len(sys.argv) > 1 else None
classifier.fit(train.inputs, train.labels, validation_split=0.1, epochs=epochs, verbose=2)
loss, accuracy = classifier.evaluate(test.inputs, test.labels, verbose=0)
print(f"{accuracy:.1%} of {len(test):,} held-out messages right")

classifier.save("spam.keras")
for answer in gw.load("spam.keras").classify(["You won a free prize, call now", "Home by six"]):
    print(answer.label, f"{answer.probability:.1%}")
