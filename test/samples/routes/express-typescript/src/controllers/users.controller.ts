import axios from 'axios';
import type { Request, Response } from 'express';

export class UserController {
  getUsers = async (_req: Request, res: Response): Promise<void> => {
    res.json((await axios.get('/users')).data);
  };

  getUserById = async (req: Request, res: Response): Promise<void> => {
    const client = axios.create({ baseURL: '/v1' });
    await client.post('/users/by-id', req.params);
    res.json({});
  };

  deleteUser = (_req: Request, res: Response): void => {
    res.sendStatus(204);
  };
}
