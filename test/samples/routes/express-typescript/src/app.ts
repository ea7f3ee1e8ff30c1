import express, { type Express, type Request, type Response, Router } from 'express';
import helmet from 'helmet';
import { mountAdmin } from './admin';
import { apiRouter } from './routes';
import type { Routes } from './interfaces/routes.interface';

export const API_PREFIX = process.env.API_PREFIX ?? '/api';

export class App {
  public app: Express;
  private readonly cache = new Map<string, string>();

  constructor(routes: Routes[]) {
    this.app = express();
    this.initializeMiddlewares();
    this.app.use(`${API_PREFIX}/v1`, apiRouter);
    this.initializeRoutes(routes);
    mountAdmin(this.app);
  }

  private initializeMiddlewares(): void {
    this.app.use(helmet());
    this.app.get('/livez', (_req: Request, res: Response) => {
      res.send(this.cache.get('/livez'));
    });
  }

  private initializeRoutes(routes: Routes[]): void {
    for (const route of routes) {
      this.app.use('/', route.router);
    }
  }

  listen(): void {
    this.app.listen(3000);
  }
}

export function standalone(router: Router): void {
  router.options('/standalone', (_req, res) => {
    res.end();
  });
}
