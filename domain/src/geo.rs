//! Places on the globe. Distances are great circles on the sphere of radius 6,371,008.8 m (the mean
//! radius of WGS 84), by the haversine formula (Sinnott 1984).

use serde::{Deserialize, Serialize};

use crate::{
    Refusal,
    error::{Invalid, Problem},
};

const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// WGS 84, in degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    pub lat: f64,
    pub lon: f64,
}

impl Point {
    /// # Errors
    /// Refused outside of ±90 and ±180 degrees.
    pub fn new(lat: f64, lon: f64) -> Result<Self, Refusal> {
        let fits = [
            ("lat", (-90.0..=90.0).contains(&lat)),
            ("lon", (-180.0..=180.0).contains(&lon)),
        ];
        let wrong = fits.into_iter().filter(|(_, fits)| !fits);
        let errors: Vec<Invalid> = wrong
            .map(|(field, _)| Invalid {
                field: field.into(),
                problem: Problem::OutOfRange,
            })
            .collect();
        match errors.is_empty() {
            true => Ok(Self { lat, lon }),
            false => Err(Refusal::Invalid { errors }),
        }
    }

    /// A point from two columns of which both or none are filled.
    pub(crate) fn of(lat: Option<f64>, lon: Option<f64>) -> Option<Self> {
        Some(Self {
            lat: lat?,
            lon: lon?,
        })
    }

    /// Metres along the surface.
    pub fn distance_m(self, other: Self) -> f64 {
        let (a, b) = (self.lat.to_radians(), other.lat.to_radians());
        let (d_lat, d_lon) = (b - a, (other.lon - self.lon).to_radians());
        let h = (d_lat / 2.0).sin().powi(2) + a.cos() * b.cos() * (d_lon / 2.0).sin().powi(2);
        2.0 * EARTH_RADIUS_M * h.sqrt().min(1.0).asin()
    }
}

/// A rectangle in degrees that does not cross the date line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    pub west: f64,
    pub south: f64,
    pub east: f64,
    pub north: f64,
}

impl Point {
    /// Whether it lies within the area between these corners, which does not cross the date line.
    pub(crate) fn is_inside(self, corners: &[Self]) -> bool {
        let before = corners.iter().cycle().skip(corners.len().saturating_sub(1));
        let crossed = corners.iter().zip(before).filter(|(a, b)| {
            (a.lat > self.lat) != (b.lat > self.lat)
                && self.lon < (b.lon - a.lon) * (self.lat - a.lat) / (b.lat - a.lat) + a.lon
        });
        crossed.count() % 2 == 1
    }
}

/// The rectangle around these corners.
pub(crate) fn box_of(corners: &[Point]) -> Bounds {
    let empty = Bounds {
        west: f64::INFINITY,
        south: f64::INFINITY,
        east: f64::NEG_INFINITY,
        north: f64::NEG_INFINITY,
    };
    corners.iter().fold(empty, |found, corner| Bounds {
        west: found.west.min(corner.lon),
        south: found.south.min(corner.lat),
        east: found.east.max(corner.lon),
        north: found.north.max(corner.lat),
    })
}

/// The rectangles that together contain the circle: two where it crosses the date line.
pub(crate) fn around(centre: Point, radius_m: f64) -> Vec<Bounds> {
    // A step more than the circle, so that rounding leaves nobody out.
    let angle = (radius_m + 1.0) / EARTH_RADIUS_M;
    let (south, north) = (
        centre.lat - angle.to_degrees(),
        centre.lat + angle.to_degrees(),
    );
    let band = |west, east| Bounds {
        west,
        south: south.max(-90.0),
        east,
        north: north.min(90.0),
    };
    if south <= -90.0 || north >= 90.0 {
        return vec![band(-180.0, 180.0)];
    }
    let reach = (angle.sin() / centre.lat.to_radians().cos())
        .asin()
        .to_degrees();
    let (west, east) = (centre.lon - reach, centre.lon + reach);
    if west < -180.0 {
        vec![band(-180.0, east), band(west + 360.0, 180.0)]
    } else if east > 180.0 {
        vec![band(west, 180.0), band(-180.0, east - 360.0)]
    } else {
        vec![band(west, east)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rectangles_hold_their_circle_everywhere() {
        for lat in [-90.0, -89.99, -34.6, 0.0, 51.5, 89.9, 90.0] {
            for lon in [-180.0, -179.99, -58.4, 0.0, 179.99, 180.0] {
                for radius_m in [1.0, 500.0, 30_000.0, 1_500_000.0] {
                    holds_its_rim(Point { lat, lon }, radius_m);
                }
            }
        }
    }

    fn holds_its_rim(centre: Point, radius_m: f64) {
        let rectangles = around(centre, radius_m);
        for bearing in (0..360).map(|degrees| f64::from(degrees).to_radians()) {
            let rim = centre.towards(bearing, radius_m);
            assert!(
                rectangles.iter().any(|one| one.contains(rim)),
                "{rim:?} is {radius_m} m from {centre:?}, outside of {rectangles:?}"
            );
        }
    }

    impl Bounds {
        fn contains(self, point: Point) -> bool {
            (self.south..=self.north).contains(&point.lat)
                && (self.west..=self.east).contains(&point.lon)
        }
    }

    impl Point {
        /// Where one is after `metres` straight on.
        fn towards(self, bearing: f64, metres: f64) -> Self {
            let (angle, lat) = (metres / EARTH_RADIUS_M, self.lat.to_radians());
            let there = (lat.sin() * angle.cos() + lat.cos() * angle.sin() * bearing.cos())
                .clamp(-1.0, 1.0);
            let turned =
                (bearing.sin() * angle.sin() * lat.cos()).atan2(angle.cos() - lat.sin() * there);
            let lon = self.lon + turned.to_degrees();
            Self {
                lat: there.asin().to_degrees(),
                lon: (lon + 540.0).rem_euclid(360.0) - 180.0,
            }
        }
    }

    #[test]
    fn a_degree_of_latitude_is_111_km() {
        let d = Point { lat: 0.0, lon: 0.0 }.distance_m(Point { lat: 1.0, lon: 0.0 });
        assert!((d - 111_195.0).abs() < 1.0, "{d}");
    }

    #[test]
    fn nowhere_is_refused() {
        assert!(Point::new(91.0, 0.0).is_err());
        assert!(Point::new(0.0, f64::NAN).is_err());
    }
}
