/**
 * What TensorFlow Serving's model `half_plus_two` (x / 2 + 2) was sent and answered, as its documentation of the REST API shows it, and the
 * same with other rows: requests are compared as JSON.
 */
export const HALF_PLUS_TWO = {
  path: '/v1/models/half_plus_two:predict',
  exchanges: [
    { request: { instances: [1.0, 2.0, 5.0] }, response: '{\n    "predictions": [2.5, 3.0, 4.5\n    ]\n}' },
    { request: { instances: [1.0] }, response: '{\n    "predictions": [2.5\n    ]\n}' },
    { request: { instances: [1.0, 2.0, 5.0, 1.0] }, response: '{\n    "predictions": [2.5, 3.0, 4.5, 2.5\n    ]\n}' },
    {
      request: { signature_name: 'serving_default', inputs: { x: [1.0, 2.0, 5.0] } },
      response: '{\n    "outputs": [\n        2.5,\n        3.0,\n        4.5\n    ]\n}',
    },
    {
      request: { signature_name: 'serving_default', inputs: { x: [1.0, 2.0] } },
      response: '{\n    "outputs": [\n        2.5,\n        3.0\n    ]\n}',
    },
  ],
  refusal: '{ "error": "Failed to process element: 0 of \'instances\' list." }',
} as const;
