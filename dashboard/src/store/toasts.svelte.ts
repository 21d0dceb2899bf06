// Short messages that leave by themselves, some with one thing to do.
export type Toast = {
  id: number;
  text: string;
  tone: 'ok' | 'warn' | 'bad';
  action?: { label: string; run: () => void };
};

class Toasts {
  items = $state<Toast[]>([]);
  #next = 1;

  show(text: string, tone: Toast['tone'] = 'ok', action?: Toast['action'], ms = action ? 15_000 : 6_000) {
    const id = this.#next++;
    this.items = [...this.items.slice(-2), { id, text, tone, action }];
    setTimeout(() => this.close(id), ms);
  }

  clear() {
    this.items = [];
  }

  close(id: number) {
    this.items = this.items.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
