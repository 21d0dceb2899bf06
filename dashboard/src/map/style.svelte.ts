// The address of a map style, when the installation has one; asked once, when the first map is seen.
import { settings } from '../api/people';

class MapStyle {
  url = $state('');
  #asked = false;

  load() {
    if (this.#asked) return;
    this.#asked = true;
    void settings().then(
      (known) => (this.url = known.map_style_url ?? ''),
      () => (this.#asked = false),
    );
  }
}

export const mapStyle = new MapStyle();
