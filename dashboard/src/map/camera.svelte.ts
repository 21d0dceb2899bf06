// Where a map looks: it follows what is shown until the person moves it.
import { fit, fromScreen, moved, toScreen, zoomed, type LatLon, type Point, type View } from './projection';

const BUENOS_AIRES: View = { lat: -34.6037, lon: -58.4, zoom: 11.5 };
const CLOSE_ZOOM = 15;
export const ZOOM_STEP = 0.7;
const MOST_ROOM_PX = 60;

export class Camera {
  width = $state(0);
  height = $state(0);
  view = $state.raw<View>(BUENOS_AIRES);
  /** The person has moved it, so it no longer follows. */
  touched = $state(false);
  readonly size = $derived({ width: this.width, height: this.height });

  /** Shows all of them, as long as nobody has moved the map. */
  follow(places: LatLon[]) {
    if (this.touched || this.width === 0) return;
    this.view = fit(places, this.size, Math.min(MOST_ROOM_PX, this.width / 6)) ?? this.view;
  }

  /** Puts one place into the middle, close enough to see it. */
  show({ lat, lon }: LatLon) {
    this.#set({ lat, lon, zoom: Math.max(this.view.zoom, CLOSE_ZOOM) });
  }

  /** Goes closer to some places, so that a bubble comes apart. */
  approach(places: LatLon[]) {
    const closer = fit(places, this.size, 80, 18);
    this.#set(closer ? { ...closer, zoom: Math.max(closer.zoom, this.view.zoom + 1) } : this.view);
  }

  pan(dx: number, dy: number) {
    this.#set(moved(this.view, dx, dy, this.size));
  }

  /** `at` stays where it is on the screen. */
  zoom(by: number, at: Point = this.middle) {
    this.#set(zoomed(this.view, this.view.zoom + by, at, this.size));
  }

  get middle(): Point {
    return { x: this.width / 2, y: this.height / 2 };
  }

  at(point: Point): LatLon {
    return fromScreen(point, this.view, this.size);
  }

  on(place: LatLon): Point {
    return toScreen(place, this.view, this.size);
  }

  #set(view: View) {
    this.touched = true;
    this.view = view;
  }
}
