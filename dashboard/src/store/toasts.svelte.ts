// Short messages that leave by themselves, some with one thing to do.
export type Toast = {
  id: number;
  text: string;
  tone: 'ok' | 'warn' | 'bad';
  action?: { label: string; run: () => void };
  /** What it is about: a newer one about the same takes its place. */
  about?: string;
};

class Toasts {
  items = $state<Toast[]>([]);
  #next = 1;

  show(text: string, tone: Toast['tone'] = 'ok', action?: Toast['action'], ms = action ? 15_000 : 6_000) {
    this.#put({ id: this.#next++, text, tone, action }, ms);
  }

  /** Whatever is said of this stands in one message. */
  tell(about: string, text: string, tone: Toast['tone'], action: Toast['action'], ms: number) {
    this.#put({ id: this.#next++, text, tone, action, about }, ms);
  }

  tells = (about: string): boolean => this.items.some((toast) => toast.about === about);

  #put(toast: Toast, ms: number) {
    const { id, about } = toast;
    const at = about === undefined ? -1 : this.items.findIndex((other) => other.about === about);
    this.items = at < 0 ? [...this.items.slice(-2), toast] : this.items.with(at, toast);
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
