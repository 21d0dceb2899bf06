//! Places on the globe. Distances are great circles on the sphere of radius 6,371,008.8 m (the mean
//! radius of WGS 84), by the haversine formula (Sinnott 1984).

use serde::{Deserialize, Serialize};

use crate::{Refusal, error::Problem};

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
        let field = if !(-90.0..=90.0).contains(&lat) {
            "lat"
        } else if !(-180.0..=180.0).contains(&lon) {
            "lon"
        } else {
            return Ok(Self { lat, lon });
        };
        Err(Refusal::invalid(field, Problem::OutOfRange))
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

#[cfg(test)]
mod tests {
    use super::*;

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
