//! Addresses, and what is written about them: that is put together when somebody reads the document, not at every start,
//! where it would stay in memory for nothing.

use std::convert::Infallible;

use axum::{
    Router,
    extract::Request,
    response::IntoResponse,
    routing::{MethodFilter, MethodRouter, Route},
};
use tower::{Layer, Service};
use utoipa::{Path, openapi::OpenApi};
use utoipa_axum::{
    PathItemExt,
    router::{OpenApiRouter, UtoipaMethodRouter},
};

use crate::app::App;

/// What is written about the handlers of an address.
type Description = fn() -> UtoipaMethodRouter<App>;

/// Who answers at an address, and what is written about it; [`routes!`] makes one.
pub(crate) struct Address {
    pub(crate) path: String,
    pub(crate) handlers: MethodRouter<App>,
    pub(crate) description: Description,
}

/// The handlers of one address, which `utoipa::path` describes.
macro_rules! routes {
    ($first:ident $(, $more:ident)* $(,)?) => {
        pastey::paste! {
            $crate::addresses::Address {
                path: <[<__path_ $first>] as utoipa::Path>::path(),
                handlers: axum::routing::MethodRouter::new()
                    .on($crate::addresses::methods::<[<__path_ $first>]>(), $first)
                    $(.on($crate::addresses::methods::<[<__path_ $more>]>(), $more))*,
                description: || utoipa_axum::routes!($first $(, $more)*),
            }
        }
    };
}
pub(crate) use routes;

/// What a handler answers to.
pub(crate) fn methods<P: Path>() -> MethodFilter {
    let filters = P::methods();
    let filters = filters.iter().map(PathItemExt::to_method_filter);
    filters
        .reduce(MethodFilter::or)
        .expect("a handler has a method")
}

/// A router whose description is put together when it is asked for.
#[derive(Default)]
pub(crate) struct Addresses {
    router: Router<App>,
    /// With what stands before their paths.
    descriptions: Vec<(String, Description)>,
}

impl Addresses {
    pub(crate) fn routes(mut self, address: Address) -> Self {
        self.router = self.router.route(&address.path, address.handlers);
        self.descriptions.push((String::new(), address.description));
        self
    }

    /// An address that is described nowhere.
    pub(crate) fn route(mut self, path: &str, handlers: MethodRouter<App>) -> Self {
        self.router = self.router.route(path, handlers);
        self
    }

    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.descriptions.extend(other.descriptions);
        self
    }

    pub(crate) fn nest(mut self, prefix: &str, other: Self) -> Self {
        self.router = self.router.nest(prefix, other.router);
        let nested = other.descriptions.into_iter();
        let nested = nested.map(|(path, description)| (format!("{prefix}{path}"), description));
        self.descriptions.extend(nested);
        self
    }

    pub(crate) fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        self.router = self.router.layer(layer);
        self
    }

    pub(crate) fn into_router(self) -> Router<App> {
        self.router
    }

    /// The given document, with every address of this router.
    pub(crate) fn describe(self, document: OpenApi) -> OpenApi {
        let described = self.descriptions.into_iter();
        described.fold(document, |document, (prefix, description)| {
            let one = OpenApiRouter::new().routes(description()).into_openapi();
            let one = if prefix.is_empty() {
                one
            } else {
                OpenApi::default().nest(prefix, one)
            };
            document.merge_from(one)
        })
    }
}
