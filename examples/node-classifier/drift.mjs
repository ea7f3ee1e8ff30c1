/** So many readings are compared with the training data at a time. */
const WINDOW = 32;

/** Watches whether the readings sent still look like those the model was trained on. */
export class DriftMonitor {
  #reference;
  #recent = [];
  /** Distance between the last full window and the training data; null before there was one. */
  drift = null;

  constructor(reference) {
    this.#reference = reference;
  }

  /** Adds a reading; with the one that fills the window, the whole comparison is made there and then. */
  observe(reading) {
    this.#recent.push(reading);
    if (this.#recent.length < WINDOW) return;
    this.drift = energyDistance(this.#recent, this.#reference);
    this.#recent = [];
  }
}

/** Energy distance of two samples: 2·E|X−Y| − E|X−X'| − E|Y−Y'|, over every pair. */
function energyDistance(recent, reference) {
  let across = 0;
  let within = 0;
  for (const a of recent) {
    for (const b of reference) {
      across += Math.hypot(...a.map((value, input) => value - b[input]));
    }
    for (const b of recent) within += Math.hypot(...a.map((value, input) => value - b[input]));
  }
  return (2 * across) / (recent.length * reference.length) - within / recent.length ** 2;
}
