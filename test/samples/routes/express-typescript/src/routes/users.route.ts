import { Router } from 'express';
import type { Routes } from '@/interfaces/routes.interface';
import { UserController } from '../controllers/users.controller';

export class UserRoute implements Routes {
  public path = '/users';
  public router: Router = Router();
  public user = new UserController();

  constructor() {
    this.initializeRoutes();
  }

  get(path: '/in-a-type'): void {
    void path;
  }

  private initializeRoutes(): void {
    this.router.get(`${this.path}`, this.user.getUsers);
    this.router.get(`${this.path}/:id(\\d+)`, this.user.getUserById);
    this.router.delete(this.path + '/:id', this.user.deleteUser);
  }
}
