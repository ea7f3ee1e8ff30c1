import 'reflect-metadata';
import { App } from './app.js';
import { UserRoute } from '@/routes/users.route';
import { ModelsRoute } from '@/routes/models.route';

const app = new App([new UserRoute(), new ModelsRoute('/models')]);
app.listen();
