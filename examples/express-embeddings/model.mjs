/** Inputs, hidden units, and the length of an embedding. */
const FEATURES = 2048;
const HIDDEN = 768;
export const DIMENSIONS = 256;
const SHORTEST = 3;
const LONGEST = 5;

/** Embeds texts: hashed character n-grams through two layers whose weights keep distances apart (random projections). */
export class Embedder {
  #first;
  #second;

  constructor(random) {
    this.#first = layer(FEATURES, HIDDEN, random);
    this.#second = layer(HIDDEN, DIMENSIONS, random);
  }

  /** @param {string} text @returns {Float32Array} of length 1 */
  embed(text) {
    const hidden = forward(this.#first, featuresOf(text));
    for (let unit = 0; unit < HIDDEN; unit++) hidden[unit] = Math.tanh(hidden[unit]);
    return normalised(forward(this.#second, hidden));
  }
}

function layer(inputs, outputs, random) {
  const spread = Math.sqrt(3 / inputs);
  const weights = Float32Array.from({ length: inputs * outputs }, () => spread * (2 * random() - 1));
  return { inputs, outputs, weights };
}

function forward({ inputs, outputs, weights }, values) {
  const result = new Float32Array(outputs);
  for (let output = 0; output < outputs; output++) {
    let sum = 0;
    for (let input = 0; input < inputs; input++) sum += weights[output * inputs + input] * values[input];
    result[output] = sum;
  }
  return result;
}

/** How often each bucket's n-grams stand in the text, by FNV-1a. */
function featuresOf(text) {
  const features = new Float32Array(FEATURES);
  const padded = ` ${text.toLowerCase()} `;
  for (let start = 0; start + SHORTEST <= padded.length; start++) {
    let hash = 0x811c9dc5;
    for (let length = 1; length <= LONGEST && start + length <= padded.length; length++) {
      hash = Math.imul(hash ^ padded.charCodeAt(start + length - 1), 0x01000193);
      if (length >= SHORTEST) features[(hash >>> 0) % FEATURES] += 1;
    }
  }
  return normalised(features);
}

function normalised(vector) {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const length = Math.sqrt(squares) || 1;
  return vector.map((value) => value / length);
}
