import type { Application } from 'express';

export const mountAdmin = (app: Application): void => {
  app.post('/admin/reload', (_req, res) => {
    res.end();
  });
};

export const lookup = (app: Map<string, unknown>): unknown => app.get('/not-a-route');
