/** Random Fourier features: how many, and of how many inputs. */
const FEATURES = 2048;
const INPUTS = 8;
const CLASSES = ['healthy', 'worn', 'failing'];
/** Slightly disturbed copies a reading is judged by, so that the answer knows how sure it is. */
const COPIES = 48;

/** Judges the readings of a machine's eight sensors: softmax regression on random Fourier features, trained by `train`. */
export class Classifier {
  frequencies;
  offsets;
  weights;

  constructor(random) {
    this.frequencies = Float64Array.from({ length: FEATURES * INPUTS }, () => gaussian(random) / 2);
    this.offsets = Float64Array.from({ length: FEATURES }, () => 2 * Math.PI * random());
    this.weights = CLASSES.map(() => new Float64Array(FEATURES));
  }

  /** @param {number[]} reading */
  classify(reading, random) {
    const votes = CLASSES.map(() => 0);
    for (let copy = 0; copy < COPIES; copy++) {
      const disturbed = reading.map((value) => value + 0.05 * gaussian(random));
      this.scores(this.features(disturbed)).forEach((score, label) => {
        votes[label] += score / COPIES;
      });
    }
    const best = votes.indexOf(Math.max(...votes));
    return { label: CLASSES[best], confidence: votes[best] };
  }

  features(reading) {
    const features = new Float64Array(FEATURES);
    for (let feature = 0; feature < FEATURES; feature++) {
      let angle = this.offsets[feature];
      for (let input = 0; input < INPUTS; input++) {
        angle += this.frequencies[feature * INPUTS + input] * reading[input];
      }
      features[feature] = Math.cos(angle);
    }
    return features;
  }

  scores(features) {
    const logits = this.weights.map((weights) => {
      let sum = 0;
      for (let feature = 0; feature < FEATURES; feature++) sum += weights[feature] * features[feature];
      return sum;
    });
    const largest = Math.max(...logits);
    const powers = logits.map((logit) => Math.exp(logit - largest));
    const total = powers.reduce((sum, power) => sum + power);
    return powers.map((power) => power / total);
  }

  /** Stochastic gradient descent on the cross entropy. */
  learn(readings, labels, epochs = 2, rate = 0.01) {
    for (let epoch = 0; epoch < epochs; epoch++) {
      readings.forEach((reading, row) => {
        const features = this.features(reading);
        const scores = this.scores(features);
        this.weights.forEach((weights, label) => {
          const step = rate * (Number(labels[row] === label) - scores[label]);
          for (let feature = 0; feature < FEATURES; feature++) weights[feature] += step * features[feature];
        });
      });
    }
  }
}

/** Readings of machines in each of the three conditions, and a classifier that has learned them. */
export function train(random, count = 3000) {
  const labels = Array.from({ length: count }, (_, row) => row % CLASSES.length);
  const readings = labels.map((label) => {
    const wear = label / 2 + 0.2 * gaussian(random);
    return Array.from({ length: INPUTS }, (_, input) => Math.sin(wear * (input + 1)) + 0.2 * gaussian(random));
  });
  const classifier = new Classifier(random);
  classifier.learn(readings, labels);
  return { classifier, readings };
}

function gaussian(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
