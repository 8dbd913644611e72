-- What each version of a scheme says, as it was loaded: frozen once its first period has begun. part: "item base.sites_fit", "bands".
CREATE TABLE sys_scheme (
  county {id}, scheme {text} NOT NULL, from_on {text} NOT NULL, version {text} NOT NULL, part {text} NOT NULL, facts {text} NOT NULL,
  PRIMARY KEY (county, scheme, from_on, part)
);
