/** The codebook is fitted anew after so many embeddings, to the last of them. */
const EVERY = 32;
const KEPT = 512;
const CODES = 24;
const ROUNDS = 4;

/** Compresses embeddings to the number of the nearest of a few typical ones, which follow what is embedded. */
export class Codebook {
  #recent = [];
  #since = 0;
  #centres = null;

  /** @param {Float32Array[]} first to begin with */
  constructor(first) {
    this.#recent = first.slice(-KEPT);
    this.#centres = fitCentres(this.#recent);
  }

  /** The code of an embedding; with every thirty-second the whole codebook is fitted anew, there and then. */
  observe(vector) {
    this.#recent.push(vector);
    if (this.#recent.length > KEPT) this.#recent.shift();
    this.#since++;
    if (this.#since >= EVERY) {
      this.#since = 0;
      this.#centres = fitCentres(this.#recent);
    }
    const distances = this.#centres.map((centre) => 1 - dot(centre, vector));
    return distances.indexOf(Math.min(...distances));
  }
}

/** k-means: each vector goes to its nearest centre, each centre to the mean of its vectors. */
function fitCentres(vectors) {
  let centres = vectors.slice(0, CODES);
  for (let round = 0; round < ROUNDS; round++) {
    const sums = centres.map((centre) => new Float32Array(centre.length));
    for (const vector of vectors) {
      let nearest = 0;
      let least = Number.POSITIVE_INFINITY;
      for (let code = 0; code < centres.length; code++) {
        const centre = centres[code];
        let distance = 0;
        for (let at = 0; at < vector.length; at++) distance += (centre[at] - vector[at]) ** 2;
        if (distance < least) [nearest, least] = [code, distance];
      }
      for (let at = 0; at < vector.length; at++) sums[nearest][at] += vector[at];
    }
    centres = sums.map((sum, code) => (dot(sum, sum) === 0 ? centres[code] : scaled(sum)));
  }
  return centres;
}

function dot(one, other) {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += one[at] * other[at];
  return sum;
}

function scaled(vector) {
  const length = Math.sqrt(dot(vector, vector));
  return vector.map((value) => value / length);
}
