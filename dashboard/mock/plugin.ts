// Lets `vite --mode mock` answer the API itself.
import type { Socket } from 'node:net';
import type { Plugin } from 'vite';
import { Mock } from './server.ts';

export function mockApi(): Plugin {
  return {
    name: 'mock-api',
    configureServer(server) {
      const mock = new Mock();
      server.middlewares.use((request, response, next) => {
        void mock.handle(request, response).then((done) => done || next());
      });
      server.httpServer?.on('upgrade', (request, socket, head) =>
        mock.upgrade(request, socket as Socket, head),
      );
    },
  };
}
