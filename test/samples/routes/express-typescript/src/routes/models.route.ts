import * as express from 'express';

export class ModelsRoute {
  router = express.Router();

  constructor(readonly path: string) {
    this.router.post('/models/:name/predict', (_req, res) => {
      res.json({});
    });
  }

  get(path: '/in-a-type'): void {
    void path;
  }
}
