// Starts the page: language and theme first, then who is signed in.
import { mount } from 'svelte';
import App from './App.svelte';
import { words } from './i18n/words.svelte';
import { session } from './store/session.svelte';
import { theme } from './store/theme.svelte';
import './styles/tokens.css';
import './styles/base.css';

theme.restore();
await words.restore().catch(() => {});
const target = document.getElementById('app');
if (target) mount(App, { target });
await session.restore();
