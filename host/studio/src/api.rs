//! The API, one module for each part, and the pages in front of it. `openapi.json` describes it; a test compares the two.

mod datasets;
mod dialog;
mod downloads;
mod jobs;
mod pages;
mod plugins;
mod preview;
mod projects;
mod report;
mod request;
mod results;
mod stream;
mod system;
mod trash;
mod uploads;

use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::middleware;
use axum::routing::{self, MethodRouter};

use crate::door;
use crate::refusal::Refusal;
use crate::studio::Studio;
use crate::why::Why;

/// What the API begins with.
const BASE: &str = "/api/v1";

/// The description of the API.
const OPENAPI: &str = include_str!("openapi.json");

type Shared = Arc<Studio>;

/// Routes, and for a test a list of them.
struct Routes {
    router: Router<Shared>,
    #[cfg(test)]
    listed: Vec<(String, String)>,
}

impl Routes {
    fn add(mut self, path: &str, to: MethodRouter<Shared>) -> Self {
        self.router = self.router.route(&format!("{BASE}{path}"), to);
        self
    }

    fn get<T: 'static>(self, path: &str, to: impl Handler<T, Shared>) -> Self {
        self.noted("get", path).add(path, routing::get(to))
    }

    fn post<T: 'static>(self, path: &str, to: impl Handler<T, Shared>) -> Self {
        self.noted("post", path).add(path, routing::post(to))
    }

    fn put<T: 'static>(self, path: &str, to: impl Handler<T, Shared>) -> Self {
        self.noted("put", path).add(path, routing::put(to))
    }

    fn patch<T: 'static>(self, path: &str, to: impl Handler<T, Shared>) -> Self {
        self.noted("patch", path).add(path, routing::patch(to))
    }

    fn delete<T: 'static>(self, path: &str, to: impl Handler<T, Shared>) -> Self {
        self.noted("delete", path).add(path, routing::delete(to))
    }

    #[cfg(test)]
    fn noted(mut self, method: &str, path: &str) -> Self {
        self.listed.push((method.to_owned(), path.to_owned()));
        self
    }

    #[cfg(not(test))]
    fn noted(self, _: &str, _: &str) -> Self {
        self
    }
}

fn routes() -> Routes {
    Routes {
        router: Router::new(),
        #[cfg(test)]
        listed: Vec::new(),
    }
    .get("/openapi.json", system::openapi)
    .post("/session", system::sign_in)
    .delete("/session", system::sign_out)
    .post("/tickets", system::ticket)
    .get("/system", system::system)
    .get("/events", stream::events)
    .get("/plugins", plugins::list)
    .get("/backbones", plugins::backbones)
    .post("/backbones/{backbone}/fetch", plugins::fetch)
    .get("/create-dialog", dialog::dialog)
    .get("/uploads", uploads::list)
    .post("/uploads", uploads::begin)
    .get("/uploads/{upload}", uploads::get)
    .delete("/uploads/{upload}", uploads::remove)
    .put("/uploads/{upload}/file", uploads::receive)
    .get("/datasets", datasets::list)
    .post("/datasets", datasets::create)
    .post("/datasets/import", datasets::import)
    .get("/datasets/{dataset}", datasets::get)
    .delete("/datasets/{dataset}", datasets::delete)
    .get("/datasets/{dataset}/rows", preview::rows)
    .get("/datasets/{dataset}/thumbnail", preview::thumbnail)
    .post("/datasets/{dataset}/check", preview::check)
    .get("/datasets/{dataset}/problems", preview::problems)
    .get("/projects", projects::list)
    .post("/projects", projects::create)
    .get("/projects/{project}", projects::get)
    .patch("/projects/{project}", projects::change)
    .put("/projects/{project}", projects::write)
    .delete("/projects/{project}", projects::delete)
    .post("/projects/{project}/check", projects::check)
    .get("/jobs", jobs::list)
    .post("/jobs", jobs::create)
    .get("/jobs/{job}", jobs::get)
    .delete("/jobs/{job}", jobs::forget)
    .post("/jobs/{job}/stop", jobs::stop)
    .get("/jobs/{job}/log", jobs::log)
    .get("/jobs/{job}/events", stream::of_job)
    .get("/jobs/{job}/output", downloads::output)
    .get("/results", results::list)
    .get("/results/compare", results::compare)
    .get("/results/{result}", results::get)
    .delete("/results/{result}", results::delete)
    .get("/results/{result}/report", report::report)
    .post("/results/{result}/report", results::rebuild)
    .get("/results/{result}/images", results::images)
    .get("/results/{result}/scores", results::scores)
    .get("/results/{result}/picture", results::picture)
    .get("/results/{result}/files", downloads::list)
    .get("/results/{result}/files/{file}", downloads::file)
    .post("/results/{result}/export", results::export)
    .get("/trash", trash::list)
    .post("/trash/{item}/restore", trash::restore)
    .delete("/trash/{item}", trash::purge)
}

/// Everything that is answered.
pub(crate) fn router(studio: Shared) -> Router {
    let guarded = middleware::from_fn_with_state(Arc::clone(&studio), door::guard);
    let answered = middleware::from_fn_with_state(Arc::clone(&studio), door::answers);
    routes()
        .router
        .route("/api", routing::any(nothing))
        .route("/api/{*rest}", routing::any(nothing))
        .route("/assets/{*path}", routing::get(pages::asset))
        .fallback(pages::page)
        .layer(guarded)
        .layer(answered)
        .with_state(studio)
}

async fn nothing() -> Refusal {
    Refusal::missing(Why::NoSuchPage)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_description_has_every_route_and_no_other() {
        let listed: BTreeSet<(String, String)> = routes().listed.into_iter().collect();
        let description: serde_json::Value = serde_json::from_str(OPENAPI).unwrap();
        let paths = description["paths"].as_object().unwrap();
        let described: BTreeSet<(String, String)> = paths
            .iter()
            .flat_map(|(path, of)| of.as_object().unwrap().keys().map(|method| (method.clone(), path.clone())))
            .collect();
        let only = |a: &BTreeSet<_>, b: &BTreeSet<_>| a.difference(b).cloned().collect::<Vec<(String, String)>>();
        assert_eq!(only(&listed, &described), [], "routes without a description");
        assert_eq!(only(&described, &listed), [], "descriptions without a route");
    }

    #[test]
    fn every_reference_of_the_description_leads_somewhere() {
        fn references(value: &serde_json::Value, found: &mut Vec<String>) {
            match value {
                serde_json::Value::Object(map) => {
                    found.extend(map.get("$ref").and_then(|to| to.as_str()).map(str::to_owned));
                    map.values().for_each(|value| references(value, found));
                }
                serde_json::Value::Array(values) => values.iter().for_each(|value| references(value, found)),
                _ => {}
            }
        }
        let description: serde_json::Value = serde_json::from_str(OPENAPI).unwrap();
        let mut found = Vec::new();
        references(&description, &mut found);
        assert!(found.len() > 50);
        for reference in found {
            assert!(description.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
        }
    }
}
