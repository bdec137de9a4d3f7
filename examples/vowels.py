"""Tell nine speakers apart by how they say two vowels: series of 12 channels, 7 to 29 steps.

python examples/vowels.py [epochs]
"""

import sys

import gatewise as gw

train, test = gw.data.load("japanese-vowels")
print(f"{len(train)} series to learn from, the first of shape {train.inputs[0].shape}")

classifier = gw.tasks.Classifier(cell="gru")
epochs = int(sys.argv[1]) if len(sys.argv) > 1 else None
classifier.fit(train.inputs, train.labels, validation_split=0.1, epochs=epochs, verbose=2)
loss, accuracy = classifier.evaluate(test.inputs, test.labels, verbose=0)
print(f"{accuracy:.1%} of {len(test)} series right")

for name, layer in gw.layers.find_recurrent(classifier):
    print(name, "takes:", gw.layers.explain(layer).reason)
